import '../atalaya-camera.ts'
import './dashboard-app.ts'
